/**
 * How a browser shows an operator's key, for neither an address bar nor an `EventSource` can send a header. The cookie
 * holds the key itself: so it is looked at like any other, and revoked, expired and counted like any other, and the router
 * need keep no session. Scripts cannot read it (HttpOnly), other sites cannot send it (SameSite=Strict), and as it names
 * no path it goes back to the folder that set it alone, whatever stands before it (API Gateway's stage).
 */

const NAME = 'tierwise-operator';
/** A working day; then the key is asked for again. */
const SECONDS = 12 * 3600;
/** Of a key, whatever its form: what a cookie may hold without quotes. */
const VALUE = /^[\w.~+/=-]{1,256}$/;

type Headers = Readonly<Record<string, string | undefined>>;

/** Undefined for what no cookie can hold, and so no key is. */
export function sessionCookie(key: string, headers: Headers): string | undefined {
  return VALUE.test(key) ? `${NAME}=${key}; Max-Age=${SECONDS}${attributes(headers)}` : undefined;
}

export function endedSession(headers: Headers): string {
  return `${NAME}=; Max-Age=0${attributes(headers)}`;
}

/** The key that the browser shows. */
export function sessionKeyOf({ cookie = '' }: Headers): string | undefined {
  const pair = cookie.split(';').find((part) => part.trim().startsWith(`${NAME}=`));
  return pair?.trim().slice(NAME.length + 1) || undefined;
}

/** Where the connection is not encrypted a browser would drop a cookie that asks for it. */
function attributes(headers: Headers): string {
  const secure = headers['x-forwarded-proto']?.split(',')[0]?.trim() === 'https';
  return `; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}
