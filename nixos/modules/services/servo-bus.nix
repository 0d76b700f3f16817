# The servo bus of a HIWONDER board, on the serial port at pins 8 and 10. Whoever connects to
# /run/servo-bus.sock has the bus, one at a time: the bus is half duplex and knows one master.
{ config, lib, pkgs, ... }:
let
  cfg = config.floppy.robot.servoBus;
in
{
  options.floppy.robot.servoBus = {
    port = lib.mkOption {
      type = lib.types.str;
      default = "fe215040.serial";
      description = ''
        The kernel's name of the serial port's hardware, whatever number its tty has. The default is the
        mini UART of a Raspberry Pi 4 at pins 8 and 10.
      '';
    };
    baud = lib.mkOption {
      type = lib.types.enum [ 9600 19200 38400 57600 115200 230400 460800 500000 921600 1000000 ];
      default = 115200;
      description = "Speed of the bus in bits per second.";
    };
  };

  config = {
    users.groups.robot = { };
    users.users.${config.floppy.user}.extraGroups = [ "robot" ];

    services.udev.extraRules = ''
      SUBSYSTEM=="tty", KERNELS=="${cfg.port}", SYMLINK+="servo-bus", GROUP="robot", MODE="0660"
    '';

    # The card's stock kernel command line makes the serial ports consoles, and what the kernel and a
    # login prompt say there would reach the servos. (A parameter of your own needs mkForce here, too.)
    boot.kernelParams = lib.mkForce [
      "console=tty0"
      "loglevel=${toString config.boot.consoleLogLevel}"
    ];
    systemd.services = lib.genAttrs
      [ "serial-getty@ttyAMA0" "serial-getty@ttyS0" "serial-getty@ttyS1" ]
      (_: { enable = false; }) // {
      "servo-bus@" = {
        description = "Connection to the servo bus";
        # One unit for each connection: none is kept once it ended, however it ended.
        unitConfig.CollectMode = "inactive-or-failed";
        serviceConfig = import ./confined.nix // {
          ExecStart = "${pkgs.socat}/bin/socat STDIO /dev/servo-bus,b${toString cfg.baud},raw,echo=0";
          StandardInput = "socket";
          StandardOutput = "socket";
          StandardError = "journal";
          SupplementaryGroups = [ "robot" ];
          DeviceAllow = "/dev/servo-bus rw";
          PrivateNetwork = true;
        };
      };
    };

    systemd.sockets.servo-bus = {
      description = "Servo bus";
      wantedBy = [ "sockets.target" ];
      socketConfig = {
        ListenStream = "/run/servo-bus.sock";
        SocketGroup = "robot";
        SocketMode = "0660";
        Accept = true;
        MaxConnections = 1;
      };
    };
  };
}
