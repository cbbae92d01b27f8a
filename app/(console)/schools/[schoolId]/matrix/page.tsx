// Who may contact whom at a school.
import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { MatrixEditor } from "#components/matrix/matrix-editor.tsx";
import { MatrixIntro } from "#components/matrix/matrix-intro.tsx";
import { matrixTable } from "#components/matrix/matrix-table.ts";
import { fromSegment } from "#components/shell/paths.ts";
import { requirePrincipal } from "#lib/auth/session.ts";
import { getMatrix } from "#lib/policy/queries.ts";

type MatrixPageProps = { readonly params: Promise<{ schoolId: string }> };

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("matrix");
  return { title: t("title") };
}

export default async function MatrixPage({ params }: MatrixPageProps) {
  const principal = await requirePrincipal();
  const schoolId = fromSegment((await params).schoolId);
  const matrix = await getMatrix(principal, schoolId);
  if (!matrix) notFound();
  const t = await getTranslations();
  return (
    <>
      <MatrixIntro matrix={matrix} />
      <MatrixEditor
        key={schoolId}
        schoolId={schoolId}
        version={matrix.version.number}
        table={matrixTable(matrix, t, await getLocale())}
        mayEdit={matrix.mayEdit}
      />
    </>
  );
}
