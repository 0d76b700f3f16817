import { useEffect, useState } from "react";
import { fingerprint } from "#contract/fingerprint.ts";

/** A host key as ssh asks about it at the first login. */
export function HostKey({ publicKey }: { publicKey: string }) {
  const [shown, setShown] = useState("…");
  useEffect(() => {
    fingerprint(publicKey).then(setShown, () => setShown(publicKey));
  }, [publicKey]);
  return <code title={publicKey}>{shown}</code>;
}
