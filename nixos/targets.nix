# Every pair that no refusal of the catalog rules out, named as devices name it: host-role.
# Plain Nix without nixpkgs: what is in the catalog decides, and nothing else.
{ hosts, roles }:
let
  inherit (builtins) attrValues concatMap concatStringsSep elem filter groupBy length;

  targets = concatMap
    (host: map
      (role: { name = "${host.name}-${role.name}"; inherit host role; })
      (filter (role: !(role.refuses ? ${host.name})) roles))
    hosts;

  # A serial, a target or an image must mean one thing: by a second of its name another would be built or written.
  shared = keyOf: list: filter (group: length group > 1) (attrValues (groupBy keyOf list));
  named = map (thing: thing.name);
  pair = { host, role, ... }: "host ${host.name} with role ${role.name}";
  # Images of cards stand beside the installer's.
  taken = filter
    ({ name, host, ... }: host.medium == "card" && elem name [ "installer-x86_64" "installer-aarch64" ])
    targets;
  problems = map (group: "two hosts are called ${(builtins.head group).name}") (shared (host: host.name) hosts)
    ++ map (group: "two roles are called ${(builtins.head group).name}") (shared (role: role.name) roles)
    ++ map (group: "the prefix ${(builtins.head group).prefix} is that of ${concatStringsSep " and " (named group)}")
    (shared (host: host.prefix) hosts)
    ++ map (group: "${concatStringsSep " and " (map pair group)} are both the target ${(builtins.head group).name}")
    (shared (target: target.name) targets)
    ++ map (target: "${pair target} has the image ${target.name}, which is the installer's") taken;
in
if problems == [ ] then targets
else throw "The catalog is ambiguous: ${concatStringsSep "; " problems}."
