# Text to speech without internet: what is written to /run/speech.sock is spoken, one text at a time.
#   echo "Battery low" | socat - UNIX-CONNECT:/run/speech.sock
{ config, lib, pkgs, ... }:
let
  cfg = config.floppy.robot.speech;
in
{
  options.floppy.robot.speech = {
    voice = lib.mkOption {
      type = lib.types.strMatching "[A-Za-z0-9+_-]+";
      default = "en";
      example = "de";
      description = "Voice of espeak-ng that speaks; `espeak-ng --voices` lists them.";
    };
    wordsPerMinute = lib.mkOption {
      type = lib.types.ints.between 80 450;
      default = 160;
      description = "How fast it speaks.";
    };
  };

  config = {
    users.groups.robot = { };
    users.users.${config.floppy.user}.extraGroups = [ "robot" ];
    environment.systemPackages = [ pkgs.socat ];

    systemd.sockets.speech = {
      description = "Text to speech";
      wantedBy = [ "sockets.target" ];
      socketConfig = {
        ListenStream = "/run/speech.sock";
        SocketGroup = "robot";
        SocketMode = "0660";
        Accept = true;
        MaxConnections = 1;
      };
    };

    systemd.services."speech@" = {
      description = "Speaking one text";
      # One unit for each connection: none is kept once it ended, however it ended.
      unitConfig.CollectMode = "inactive-or-failed";
      serviceConfig = import ./confined.nix // {
        ExecStart = "${pkgs.espeak-ng}/bin/espeak-ng --stdin -v ${cfg.voice} -s ${toString cfg.wordsPerMinute}";
        StandardInput = "socket";
        StandardOutput = "journal";
        StandardError = "journal";
        # A text that never ends must not take the voice from the others.
        RuntimeMaxSec = 120;
        SupplementaryGroups = [ "audio" ];
        DeviceAllow = "char-alsa rw";
        PrivateNetwork = true;
      };
    };
  };
}
