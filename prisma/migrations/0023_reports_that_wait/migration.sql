-- What has been reported and cannot be shown yet stands in the inbox as a number, with since when.

-- CreateTable
CREATE TABLE "damaged_spool_file" (
    "spool" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "written_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "damaged_spool_file_pkey" PRIMARY KEY ("spool","name")
);

-- CreateTable
CREATE TABLE "synapse_report_failure" (
    "kind" "report_kind" NOT NULL,
    "synapse_id" BIGINT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "is_shown" BOOLEAN NOT NULL,
    "problem" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "try_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "synapse_report_failure_pkey" PRIMARY KEY ("kind","synapse_id")
);
