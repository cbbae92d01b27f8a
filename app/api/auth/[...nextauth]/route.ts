// next-auth's own endpoints: sign-in, callback, CSRF token.
import { authRoute } from "#lib/auth/oidc.ts";
import { signIn } from "#lib/console/sign-in.ts";

const handle = authRoute(signIn);

export { handle as GET, handle as POST };
