const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/**
 * Whether a Host header names this machine. Any port will do: `ssh -L` brings the station to another one.
 * A page that points its own name at 127.0.0.1 (DNS rebinding) still sends that name, and is refused.
 */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_HOST.test(host);
}

/** Whether the page that asks was served by this station, under the name and port the browser knows it by. */
export function isSameOrigin(origin: string | undefined, host: string | undefined): boolean {
  return isLoopbackHost(host) && origin?.toLowerCase() === `http://${host?.toLowerCase()}`;
}
