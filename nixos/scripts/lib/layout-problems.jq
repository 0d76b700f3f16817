# What findmnt found (input) against $expected[0]: [{target, type, options}]. Prints what differs, if anything.

# The kernel adds a level to a compression and a slash to a subvolume.
def is_set($option; $found):
  ($option | sub("^subvol=/?"; "subvol=/")) as $option
  | any($found[]; . == $option or startswith($option + ":"));

# Where something was mounted over, the last one counts.
(.filesystems | map({ key: .target, value: . }) | from_entries) as $mounts
| [ $expected[0][]
    | . as $wanted
    | $mounts[.target] as $mount
    | if $mount == null then "\(.target) is not mounted"
      elif $mount.fstype != .type then "\(.target) is \($mount.fstype), not \(.type)"
      else
        ($mount.options / ",") as $found
        | .options - [.options[] | select(is_set(.; $found))]
        | if . == [] then empty else "\($wanted.target) lacks \(join(","))" end
      end ]
| join("; ")
