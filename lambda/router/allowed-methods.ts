/** As the `allow` header lists them: where GET is answered, HEAD is too. */
export function allowedMethods(methods: Readonly<Record<string, unknown>>): string {
  return Object.keys(methods)
    .map((method) => (method === 'GET' ? 'GET, HEAD' : method))
    .join(', ');
}
