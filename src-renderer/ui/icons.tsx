import type { ReactNode } from "react";

/** Shapes that stand beside a colour and a word, so that neither is alone. They are never read aloud. */
function Icon({ size = 16, children }: { size?: number | undefined; children: ReactNode }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

type Sized = { size?: number };

export const CheckIcon = ({ size }: Sized) => (
  <Icon size={size}>
    <path d="M3 8.5 6.5 12 13 4.5" />
  </Icon>
);
export const CrossIcon = ({ size }: Sized) => (
  <Icon size={size}>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
);
export const DotIcon = ({ size }: Sized) => (
  <Icon size={size}>
    <circle cx="8" cy="8" r="5" fill="currentColor" stroke="none" />
  </Icon>
);
export const RingIcon = ({ size }: Sized) => (
  <Icon size={size}>
    <circle cx="8" cy="8" r="5" />
  </Icon>
);
export const LookIcon = ({ size }: Sized) => (
  <Icon size={size}>
    <path d="M8 2 1.5 13.5h13zM8 6.5v3M8 11.8v.1" strokeWidth="1.6" />
  </Icon>
);
export const PauseIcon = ({ size }: Sized) => (
  <Icon size={size}>
    <path d="M5.5 4v8M10.5 4v8" />
  </Icon>
);
export const FolderIcon = ({ size }: Sized) => (
  <Icon size={size}>
    <path d="M1.8 4.2v8.2h12.4V5.6H7.8L6.4 3.6H1.8z" strokeWidth="1.4" />
  </Icon>
);
export const ImageIcon = ({ size }: Sized) => (
  <Icon size={size}>
    <path d="M4 1.8h5.6L12.8 5v9.2H3.2V1.8zM6 1.8v3.4h3V1.8M5.6 14V9.6h4.8V14" strokeWidth="1.3" />
  </Icon>
);
export const UpIcon = ({ size }: Sized) => (
  <Icon size={size}>
    <path d="M8 13V3.5M4 7l4-4 4 4" strokeWidth="1.6" />
  </Icon>
);

export function Brand() {
  return (
    <svg width="24" height="24" viewBox="0 0 24 24" fill="currentColor" aria-hidden="true" focusable="false">
      <path d="M3 1h3v6a1.5 1.5 0 0 0 1.5 1.5h9A1.5 1.5 0 0 0 18 7V1h1.2L23 4.8V21a2 2 0 0 1-2 2h-1v-7a1.5 1.5 0 0 0-1.5-1.5h-13A1.5 1.5 0 0 0 4 16v7H3a2 2 0 0 1-2-2V3a2 2 0 0 1 2-2z" />
    </svg>
  );
}
