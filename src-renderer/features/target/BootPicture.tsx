import styles from "./target.module.css";

const keycaps = Array.from({ length: 12 }, (_, index) => 84 + index * 21);

/** Something that looks like a QR code. */
const code = Array.from({ length: 36 }, (_, index) => ({ row: Math.floor(index / 6), column: index % 6 }))
  .filter(({ row, column }) => (row * 7 + column * 5 + row * column) % 3 === 0)
  .map(({ row, column }) => ({ x: 258 + column * 9, y: 50 + row * 9 }));

/** A laptop with the stick in its side and the boot menu's key lit. Decoration: the words say the same. */
export function BootPicture({ bootKey, serial }: { bootKey: string; serial: string }) {
  return (
    <svg className={styles.picture} viewBox="0 0 420 210" aria-hidden="true">
      <rect className={styles.screenFrame} x="92" y="8" width="236" height="126" rx="8" />
      <rect className={styles.screenGlass} x="100" y="16" width="220" height="110" rx="4" />
      <text className={styles.screenWords} x="112" y="38">
        {serial}
      </text>
      <text className={styles.screenSoft} x="112" y="60">
        Address
      </text>
      <text className={styles.screenWords} x="112" y="76">
        192.168.1.47
      </text>
      <text className={styles.screenSoft} x="112" y="98">
        Host key SHA256:…
      </text>
      {code.map(({ x, y }) => (
        <rect key={`${x} ${y}`} className={styles.code} x={x} y={y} width="8" height="8" />
      ))}
      <path className={styles.body} d="M68 140 H352 L376 186 Q378 194 370 194 H50 Q42 194 44 186 Z" />
      {keycaps.map((x) => (
        <rect key={x} className={styles.keycap} x={x} y="148" width="17" height="10" rx="2" />
      ))}
      <rect className={styles.litKey} x="315" y="148" width="17" height="10" rx="2" />
      <text className={styles.keyName} x="323.5" y="178">
        {bootKey}
      </text>
      <rect className={styles.stick} x="6" y="164" width="34" height="14" rx="3" />
      <rect className={styles.plug} x="38" y="167" width="10" height="8" />
    </svg>
  );
}
