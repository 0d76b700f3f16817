# Every pair that no refusal of the catalog rules out, named as devices name it: host-role.
# Plain Nix without nixpkgs: what is in the catalog decides, and nothing else.
{ hosts, roles }:
builtins.concatMap
  (host: map
    (role: { name = "${host.name}-${role.name}"; inherit host role; })
    (builtins.filter (role: !(role.refuses ? ${host.name})) roles))
  hosts
