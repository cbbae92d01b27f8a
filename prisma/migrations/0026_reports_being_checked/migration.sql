-- The page of a case asks of each report whether it is still being looked into.
CREATE INDEX "report_intake_report_id_idx" ON "report_intake"("report_id");
