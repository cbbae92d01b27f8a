// The last boundary inside the document.
"use client";
import { Failure, type FailureProps } from "#components/ui/failure.tsx";

export default function ErrorPage(props: FailureProps) {
  return (
    <main className="mx-auto max-w-xl p-5">
      <Failure {...props} />
    </main>
  );
}
