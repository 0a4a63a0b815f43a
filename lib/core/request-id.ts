/** Letters, digits and signs that any header can carry; a router's own is `req-` and a UUID. */
const REQUEST_ID = /^[\x21-\x7e]{1,64}$/;

/** Whether a text can be the id of a request at all: for any other no store need be asked. */
export function isRequestId(text: string): boolean {
  return REQUEST_ID.test(text);
}
