# What avahi announces: SSH, with enough to tell this device from its forty neighbours. Every value was
# checked before and holds nothing that XML would want escaped. $system: "installer" or "device".
"<?xml version=\"1.0\" standalone=\"no\"?>
<!DOCTYPE service-group SYSTEM \"avahi-service.dtd\">
<service-group>
  <name>\(.hostname)</name>
  <service>
    <type>_ssh._tcp</type>
    <subtype>_floppy._sub._ssh._tcp</subtype>
    <port>22</port>
    <txt-record>serial=\(.serial)</txt-record>
    <txt-record>run=\(.runId)</txt-record>
    <txt-record>target=\(.host)-\(.role)</txt-record>
    <txt-record>system=\($system)</txt-record>
  </service>
</service-group>"
