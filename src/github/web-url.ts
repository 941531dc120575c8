/** The address of GitHub's web pages, from that of its API: https://api.github.com, or https://HOST/api/v3. */
export function webUrlOf(apiUrl: string): string {
  const { protocol, host } = new URL(apiUrl);
  return host === 'api.github.com' ? 'https://github.com' : `${protocol}//${host}`;
}
