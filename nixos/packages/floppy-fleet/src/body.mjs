// Reading what is sent, up to a limit.

export class BodyTooLarge extends Error {}

/**
 * @param {import("node:http").IncomingMessage} request
 * @param {number} limit in bytes
 * @returns {Promise<string>}
 * @throws {BodyTooLarge} as soon as the limit is passed
 */
export async function readBody(request, limit) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > limit) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
