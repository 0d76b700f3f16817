import { Fragment } from "react";

/** Names from foreign disks, with commas between. Direction marks in one cannot turn the words around it. */
export function Names({ of }: { of: string[] }) {
  return of.map((name, index) => (
    <Fragment key={name}>
      {index > 0 && ", "}
      <bdi>{name}</bdi>
    </Fragment>
  ));
}
