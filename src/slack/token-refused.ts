/** Slack refuses the token: a person has to fix it. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}
