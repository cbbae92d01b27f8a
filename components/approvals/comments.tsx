// What the people of the school said about a request, in order, and the field to add to it while it is open.
import { useTranslations } from "next-intl";
import { Moment } from "#components/ui/moment.tsx";
import type { RequestView } from "#lib/policy/types.ts";
import { CommentForm } from "./comment-form.tsx";

export function Comments({ request }: { readonly request: RequestView }) {
  const t = useTranslations();
  const { school, head, comments, mayComment } = request;
  return (
    <section aria-labelledby="comments" className="space-y-4">
      <h2 id="comments" className="text-xl font-semibold tracking-tight">
        {t("request.comments.title")}
      </h2>
      {comments.length === 0 ? (
        <p className="text-ink-soft">
          {t(head.status === "pending" ? "request.comments.none" : "request.comments.closed")}
        </p>
      ) : (
        <ol className="space-y-4">
          {comments.map((comment) => (
            <li key={comment.id} className="border-l-2 border-line pl-4">
              <p>
                <span className="font-semibold">
                  {t("request.partBy", { author: comment.authorName, role: t(`roles.one.${comment.authorRole}`) })}
                </span>{" "}
                <span className="text-ink-soft">
                  <Moment at={comment.createdAt} />
                </span>
              </p>
              <p className="prose-width whitespace-pre-line">{comment.text}</p>
            </li>
          ))}
        </ol>
      )}
      {mayComment ? <CommentForm schoolId={school.id} requestId={head.id} /> : null}
    </section>
  );
}
