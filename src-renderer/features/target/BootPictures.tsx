import type { ReactNode } from "react";
import styles from "./boot.module.css";
import { type BootKey, litKeys, topRow } from "./boot-keys.ts";

/** Drawings of what to do. The words below each say the same, so they are never read aloud. */
function Drawing({ children }: { children: ReactNode }) {
  return (
    <svg className={styles.drawing} viewBox="0 0 240 132" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

/** A laptop with the stick on its way into one side and a network cable into the other. */
export function PlugPicture() {
  return (
    <Drawing>
      <rect className={styles.body} x="66" y="8" width="108" height="74" rx="6" />
      <rect className={styles.glass} x="72" y="14" width="96" height="62" rx="2" />
      <path className={styles.body} d="M54 86 H186 L200 116 Q201 120 196 120 H44 Q39 120 40 116 Z" />
      <path className={styles.detail} d="M68 93 H172 M64 100 H176 M60 107 H180" />
      <rect className={styles.lit} x="4" y="97" width="26" height="12" rx="3" />
      <rect className={styles.metal} x="30" y="99.5" width="8" height="7" />
      <path className={styles.arrow} d="M8 88 H26 M21 83.5 L26 88 L21 92.5" />
      <path className={styles.cable} d="M204 103 H216 Q232 103 232 86 V40" />
      <rect className={styles.metal} x="200" y="98" width="10" height="10" rx="1" />
    </Drawing>
  );
}

/** The keys above the numbers, the right one lit; a key that is not among them stands alone. */
export function KeyPicture({ bootKey: { key } }: { bootKey: BootKey }) {
  const lit = litKeys(key);
  if (lit.length === 0) {
    return (
      <Drawing>
        <rect className={styles.lit} x="52" y="36" width="136" height="58" rx="9" />
        <text className={styles.litName} x="120" y="71">
          {key}
        </text>
      </Drawing>
    );
  }
  return (
    <Drawing>
      <rect className={styles.body} x="4" y="30" width="232" height="72" rx="8" />
      {topRow.map((cap, index) => {
        const x = 10 + index * 17.1;
        return (
          <g key={cap}>
            <rect
              className={lit.includes(cap) ? styles.lit : styles.key}
              x={x}
              y="38"
              width="14.6"
              height="15"
              rx="2.5"
            />
            {lit.includes(cap) && (
              <text className={styles.keyName} x={Math.min(x + 7, 218)} y="20">
                {cap}
              </text>
            )}
          </g>
        );
      })}
      {[58, 73, 88].map((y) =>
        topRow.map((cap, index) => (
          <rect
            key={`${y} ${cap}`}
            className={styles.key}
            x={10 + index * 17.1}
            y={y}
            width="14.6"
            height="11"
            rx="2.5"
          />
        )),
      )}
    </Drawing>
  );
}

/** Something that looks like a QR code: three eyes, and dots that mean nothing. */
const dots = Array.from({ length: 100 }, (_, index) => ({ row: Math.floor(index / 10), column: index % 10 }))
  .filter(({ row, column }) => !((row < 4 && (column < 4 || column > 5)) || (row > 5 && column < 4)))
  .filter(({ row, column }) => (row * 7 + column * 5 + row * column) % 3 === 0);
const eyes = [
  { x: 172, y: 34 },
  { x: 202, y: 34 },
  { x: 172, y: 64 },
];

/** The machine's own screen, as it will look. */
export function ScreenPicture({ serial }: { serial: string }) {
  return (
    <Drawing>
      <rect className={styles.body} x="6" y="6" width="228" height="120" rx="7" />
      <rect className={styles.glass} x="12" y="12" width="216" height="108" rx="3" />
      <text className={styles.screenWords} x="20" y="34">
        {serial}
      </text>
      <text className={styles.screenSoft} x="20" y="56">
        Address
      </text>
      <text className={styles.screenWords} x="20" y="69">
        192.168.1.47
      </text>
      <text className={styles.screenSoft} x="20" y="90">
        Host key
      </text>
      <text className={styles.screenWords} x="20" y="103">
        SHA256:q8Jd…
      </text>
      <rect className={styles.paper} x="167" y="29" width="55" height="55" rx="2" />
      {eyes.map(({ x, y }) => (
        <g key={`${x} ${y}`}>
          <rect className={styles.eye} x={x + 1} y={y + 1} width="13" height="13" />
          <rect className={styles.dot} x={x + 5} y={y + 5} width="5" height="5" />
        </g>
      ))}
      {dots.map(({ row, column }) => (
        <rect
          key={`${row} ${column}`}
          className={styles.dot}
          x={172 + column * 4.5}
          y={34 + row * 4.5}
          width="4.5"
          height="4.5"
        />
      ))}
    </Drawing>
  );
}
