# What Chromium may do on a locked display: show the allowed pages, and nothing of a browser.
{ config, lib, ... }:
let
  cfg = config.floppy.display;
  # The site of a page on the net; a page on the device stands for itself only.
  site = builtins.match "(https?://[^/]+).*" cfg.url;
in
{
  options.floppy.display.allowed = lib.mkOption {
    type = lib.types.listOf lib.types.str;
    default = if site == null then [ cfg.url ] else site;
    defaultText = lib.literalMD "the site of `floppy.display.url`";
    example = [ "https://dashboard.example.org" "https://login.example.org" ];
    description = "What may be opened from the page, as Chromium's URLAllowlist writes it.";
  };

  config.programs.chromium = {
    enable = true;
    extraOpts = {
      URLBlocklist = [ "*" ];
      URLAllowlist = cfg.allowed;

      DeveloperToolsAvailability = 2;
      DownloadRestrictions = 3;
      ExtensionInstallBlocklist = [ "*" ];
      AllowFileSelectionDialogs = false;
      PrintingEnabled = false;
      TaskManagerEndProcessEnabled = false;

      BrowserSignin = 0;
      SyncDisabled = true;
      PasswordManagerEnabled = false;
      AutofillAddressEnabled = false;
      AutofillCreditCardEnabled = false;
      TranslateEnabled = false;
      MetricsReportingEnabled = false;

      DefaultGeolocationSetting = 2;
      DefaultNotificationsSetting = 2;
      AudioCaptureAllowed = false;
      VideoCaptureAllowed = false;
    };
  };
}
