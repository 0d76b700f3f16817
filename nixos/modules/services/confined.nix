# What a small service of ours does without: everything that it has no use for.
# A serviceConfig to start from; a service adds the one device or family that it needs.
{
  DynamicUser = true;
  CapabilityBoundingSet = "";
  DevicePolicy = "closed";
  LockPersonality = true;
  NoNewPrivileges = true;
  PrivateTmp = true;
  ProtectClock = true;
  ProtectControlGroups = true;
  ProtectHome = true;
  ProtectHostname = true;
  ProtectKernelLogs = true;
  ProtectKernelModules = true;
  ProtectKernelTunables = true;
  ProtectProc = "invisible";
  ProtectSystem = "strict";
  RestrictAddressFamilies = [ "AF_UNIX" ];
  RestrictNamespaces = true;
  RestrictRealtime = true;
  RestrictSUIDSGID = true;
  SystemCallArchitectures = "native";
  SystemCallErrorNumber = "EPERM";
  SystemCallFilter = [ "@system-service" "~@privileged" ];
  UMask = "0077";
}
