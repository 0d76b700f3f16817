# A device and how it is, in the form that the fleet API takes. Input: the checks.
# $device: what device.json holds, or nothing. $host, $role, $hostname, $hostKey, $at: what is known without it.
($device[0] // {}) as $device
| {
    version: 1,
    at: $at,
    serial: ($device.serial // null),
    host: ($device.host // $host),
    role: ($device.role // $role),
    hostname: ($device.hostname // $hostname),
    runId: ($device.runId // null),
    hostKey: (if $hostKey == "" then null else $hostKey end),
    ok: all(.[]; .state != "failed"),
    problems: map(select(.state == "failed") | "\(.name): \(.detail)"[:500]),
    checks: .
  }
