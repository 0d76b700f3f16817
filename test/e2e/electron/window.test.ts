import { launchStandIn } from "./stand-in/launch.ts";
import { describeWindow } from "./suite.ts";

describeWindow("the window, in the stand-in", launchStandIn);
