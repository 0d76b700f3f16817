// What Node and browsers both have, as far as it is used here.
declare const crypto: { subtle: { digest(name: "SHA-256", data: Uint8Array): Promise<ArrayBuffer> } };
declare function atob(base64: string): string;
declare function btoa(binary: string): string;

/** An OpenSSH public key's fingerprint, as `ssh` prints it when it asks: `SHA256:…`. */
export async function fingerprint(publicKey: string): Promise<string> {
  const blob = Uint8Array.from(atob(publicKey.split(" ")[1] ?? ""), (character) => character.charCodeAt(0));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", blob));
  return `SHA256:${btoa(String.fromCharCode(...digest)).replace(/=+$/, "")}`;
}
