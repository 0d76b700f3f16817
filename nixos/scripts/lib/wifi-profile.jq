# A NetworkManager profile for the identity's Wi-Fi, in the keyfile format. The name of the network is given
# as bytes and blanks and backslashes are escaped, so that no character can mean anything to the format.
.wifi
| (.ssid | @uri | [scan("%[0-9A-F]{2}|.")]) as $characters
| "[connection]
id=floppy
type=wifi
autoconnect=true

[wifi]
mode=infrastructure
ssid=\($characters | map(
    if length == 1 then explode[0]
    else .[1:] | explode | map(if . > 57 then . - 55 else . - 48 end) | .[0] * 16 + .[1]
    end
  | "\(.);") | add)

[wifi-security]
key-mgmt=wpa-psk
psk=\(.passphrase | gsub("\\\\"; "\\\\") | gsub(" "; "\\s"))

[ipv4]
method=auto

[ipv6]
method=auto"
