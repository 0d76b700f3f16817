const keptForAsking = [
  "PATH",
  "TERM",
  "LANG",
  "LC_ALL",
  "SUDO_ASKPASS",
  "DISPLAY",
  "XAUTHORITY",
  "WAYLAND_DISPLAY",
];

/** What an elevated writer is started with: only what asking takes, so that nothing of this session steers it. */
export function elevatedEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    keptForAsking.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}
