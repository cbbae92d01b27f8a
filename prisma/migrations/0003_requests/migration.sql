-- What the people of a school say about a request while it waits. Written once, like the request's parts.
CREATE TABLE "change_request_comment" (
    "id" BIGSERIAL NOT NULL,
    "request_id" UUID NOT NULL,
    "author_id" TEXT NOT NULL,
    "author_role" "role" NOT NULL,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "change_request_comment_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "change_request_comment_request_id_idx" ON "change_request_comment"("request_id");

-- AddForeignKey
ALTER TABLE "change_request_comment" ADD CONSTRAINT "change_request_comment_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "change_request"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "change_request_comment" ADD CONSTRAINT "change_request_comment_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "change_request_comment"
  ADD CONSTRAINT comment_length CHECK (length(text) BETWEEN 1 AND 1000),
  ADD CONSTRAINT comment_by_staff CHECK (author_role IN ('orgAdmin', 'schoolManagement'));

REVOKE UPDATE, DELETE ON change_request_comment FROM schulchat_app;
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE ON change_request_comment FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncated BEFORE TRUNCATE ON change_request_comment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION check_change_request_comment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM change_request WHERE id = NEW.request_id AND status = 'pending' FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'a decided request takes no further comment' USING ERRCODE = 'SC001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER checked BEFORE INSERT ON change_request_comment FOR EACH ROW EXECUTE FUNCTION check_change_request_comment();

-- Only who wrote a part of a request takes it back: for anybody else it would be a rejection without a reason.
CREATE FUNCTION check_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM change_request_part WHERE request_id = NEW.id AND author_id = NEW.decided_by_id) THEN
    RAISE EXCEPTION 'a request is withdrawn by one of its authors' USING ERRCODE = 'SC009';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER withdrawn_by_author BEFORE UPDATE ON change_request FOR EACH ROW
  WHEN (NEW.status = 'withdrawn' AND OLD.status = 'pending') EXECUTE FUNCTION check_withdrawal();
