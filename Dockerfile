FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
COPY sandbox sandbox
# npm ci also builds (prepare). Not --omit=optional: the compiler's own program is an optional package.
RUN npm ci

FROM node:22-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts scripts
# Without the optional packages there is no embedded database: DATABASE_URL is required here. There are no traces, either:
# docs/tracing.md says how to have them.
RUN npm ci --omit=dev --omit=optional && npm cache clean --force
COPY bin bin
COPY migrations migrations
COPY manifest.yml pushbutton.example.yml LICENSE ./
COPY --from=build /app/dist/src dist/src
USER node
EXPOSE 3000
# An agent of its own: with NODE_USE_ENV_PROXY, Node's would ask the forward proxy.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "require('node:http').get({ host: '127.0.0.1', port: process.env.PORT ?? 3000, path: '/healthz', agent: false }, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=2", "--max-old-space-size=512", "bin/pushbutton.js", "start"]
