# What there is to say against an identity, as {refused, leftOut, identity}. `refused`: the first thing for which none of
# it is taken; an empty string where there is none. `leftOut`: what is left out of it, because a wrong name of a network
# must lock nobody out. `identity`: what is taken.
# Input: all JSON values of the file. $host, $role, $prefix: what this system is; empty for any.
# $rules[0]: identity-rules.json, which Floppy checks by before it writes a medium.

$rules[0] as { $mostKeys, $texts }

# \A and \z, not ^ and $: those match at every line, and a line end must not get through.
| def keeps($rule):
    type == "string" and utf8bytelength <= $rule.mostBytes and test("\\A(?:" + $rule.pattern + ")\\z");
  def is($wanted): $wanted == "" or . == $wanted;

  def refused:
    if type != "object" then "it is not an object"
    elif .version != 1 then "its version is not 1"
    elif .serial | keeps($texts.serial) | not then "its serial is not a serial"
    elif .host | keeps($texts.name) | not then "its host is not a name"
    elif .role | keeps($texts.name) | not then "its role is not a name"
    elif .runId | keeps($texts.runId) | not then "its run id is not an id"
    elif .hostname | keeps($texts.hostname) | not then "its hostname is not a hostname"
    elif .authorizedKeys | type != "array" or length > $mostKeys
      then "its authorized keys are not a list of at most \($mostKeys)"
    elif .confirmKey | . != null and (keeps($texts.publicKey) | not)
      then "its confirmation key is not a public key"
    elif .host | is($host) | not then "it is for the host \(.host), this is \($host)"
    elif .role | is($role) | not then "it is for the role \(.role), this is \($role)"
    elif .serial[7:10] | is($prefix) | not
      then "its serial is another host's, this one's begin with FLOPPY-\($prefix)"
    else ""
    end;

  def is_key: keeps($texts.publicKey);
  def is_wifi:
    . == null or (type == "object" and (.ssid | keeps($texts.ssid)) and (.passphrase | keeps($texts.passphrase)));

  def left_out:
    (.authorizedKeys | to_entries[] | select(.value | is_key | not)
      | "authorized key \(.key + 1), which is not a public key"),
    (select(.wifi | is_wifi | not) | "the Wi-Fi, which is not a name and a passphrase");

  if length != 1 then { refused: "it holds \(length) values, not one" }
  else
    .[0]
    | refused as $refused
    | if $refused != "" then { refused: $refused }
      else
        {
          refused: "",
          leftOut: [left_out],
          identity: (.authorizedKeys |= map(select(is_key)) | .wifi |= if is_wifi then . else null end)
        }
      end
  end
