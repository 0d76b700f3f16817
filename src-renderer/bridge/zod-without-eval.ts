import { z } from "zod";

// The page's policy forbids eval, which zod would try while the contract's schemas are made.
// So this is imported before anything that imports the contract.
z.config({ jitless: true });
