# The first thing that is wrong with an identity; an empty string where it is right.
# Input: all JSON values of the file. $host, $role, $prefix: what this system is; empty for any.

# \A and \z, not ^ and $: those match at every line, and a line end must not get through.
def printable($most):
  type == "string" and length > 0 and length <= $most and (explode | all(. >= 32 and . != 127));
def matches($pattern): printable(128) and test("\\A" + $pattern + "\\z");
def public_key:
  printable(8192) and test("\\A(ssh|ecdsa|sk-)[a-z0-9@.-]* [A-Za-z0-9+/=]+( .*)?\\z");
def passphrase: printable(63) and length >= 8 and (explode | all(. < 127));
def is($wanted): $wanted == "" or . == $wanted;

def problem:
  if type != "object" then "it is not an object"
  elif .version != 1 then "its version is not 1"
  elif .serial | matches("FLOPPY-[A-Z]{3}-[0-9]{5}") | not then "its serial is not a serial"
  elif .host | matches("[a-z][a-z0-9-]*") | not then "its host is not a name"
  elif .role | matches("[a-z][a-z0-9-]*") | not then "its role is not a name"
  elif .runId | matches("[A-Za-z0-9-]{1,64}") | not then "its run id is not an id"
  elif .hostname | matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?") | not then "its hostname is not a hostname"
  elif .authorizedKeys | type != "array" or length > 256 or (all(.[]; public_key) | not)
    then "its authorized keys are not a list of public keys"
  elif .wifi | . != null and (type != "object" or (.ssid | printable(32) | not) or (.passphrase | passphrase | not))
    then "its Wi-Fi is neither null nor a name and a passphrase"
  elif .confirmKey | . != null and (public_key | not) then "its confirmation key is not a public key"
  elif .host | is($host) | not then "it is for the host \(.host), this is \($host)"
  elif .role | is($role) | not then "it is for the role \(.role), this is \($role)"
  elif .serial[7:10] | is($prefix) | not then "its serial is another host's, this one's begin with FLOPPY-\($prefix)"
  else ""
  end;

if length == 1 then .[0] | problem else "it holds \(length) values, not one" end
