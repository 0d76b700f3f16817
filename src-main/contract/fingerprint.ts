/** What browsers and Node have alike; the contract is written against the types of neither. */
type Platform = {
  atob(base64: string): string;
  btoa(binary: string): string;
  crypto: { subtle: { digest(algorithm: "SHA-256", data: Uint8Array): Promise<ArrayBuffer> } };
};
const platform = globalThis as unknown as Platform;

/** An OpenSSH public key's fingerprint, as `ssh` prints it when it asks: `SHA256:…`. */
export async function fingerprint(publicKey: string): Promise<string> {
  const binary = platform.atob(publicKey.trim().split(/\s+/)[1] ?? "");
  const blob = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const digest = new Uint8Array(await platform.crypto.subtle.digest("SHA-256", blob));
  return `SHA256:${platform.btoa(String.fromCharCode(...digest)).replace(/=+$/, "")}`;
}
