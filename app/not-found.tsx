// An address that leads nowhere, or to a school that is not the reader's.
import { PublicPage } from "#components/shell/public-page.tsx";
import { NotFound } from "#components/ui/not-found.tsx";

export default function NotFoundPage() {
  return (
    <PublicPage>
      <NotFound />
    </PublicPage>
  );
}
