/** What browsers and Node have alike; the contract is written against the types of neither. */
type Platform = {
  atob(base64: string): string;
  btoa(binary: string): string;
  crypto: { subtle: { digest(algorithm: "SHA-256", data: Uint8Array): Promise<ArrayBuffer> } };
};
const platform = globalThis as unknown as Platform;

/** What the Base64 of an OpenSSH public key holds; throws where it is none. */
export function blobOf(publicKey: string): Uint8Array {
  const binary = platform.atob(publicKey.trim().split(/\s+/)[1] ?? "");
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** An OpenSSH public key's fingerprint, as `ssh` prints it when it asks: `SHA256:…`. */
export async function fingerprint(publicKey: string): Promise<string> {
  const digest = new Uint8Array(await platform.crypto.subtle.digest("SHA-256", blobOf(publicKey)));
  return `SHA256:${platform.btoa(String.fromCharCode(...digest)).replace(/=+$/, "")}`;
}
