-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "role" AS ENUM ('teacher', 'student', 'guardian', 'schoolManagement', 'secretariat', 'socialWork', 'parentsCouncil', 'orgAdmin');

-- CreateEnum
CREATE TYPE "console_role" AS ENUM ('support', 'landAdmin');

-- CreateEnum
CREATE TYPE "change_request_status" AS ENUM ('pending', 'approved', 'rejected', 'withdrawn', 'expired', 'void');

-- CreateEnum
CREATE TYPE "version_kind" AS ENUM ('initial', 'change', 'approval', 'frame');

-- CreateEnum
CREATE TYPE "account_state" AS ENUM ('absent', 'active', 'locked', 'deactivated', 'conflict');

-- CreateEnum
CREATE TYPE "room_kind" AS ENUM ('group', 'channel', 'staffroom', 'announcements', 'space');

-- CreateEnum
CREATE TYPE "sync_outcome" AS ENUM ('running', 'succeeded', 'failed');

-- CreateTable
CREATE TABLE "school" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "identifier" TEXT NOT NULL DEFAULT '',
    "enabled_services" TEXT[],
    "service_enabled" BOOLEAN NOT NULL DEFAULT false,
    "state_enabled" BOOLEAN NOT NULL DEFAULT false,
    "school_enabled" BOOLEAN NOT NULL DEFAULT false,
    "first_synced_at" TIMESTAMPTZ(3),
    "left_at" TIMESTAMPTZ(3),
    "current_version" INTEGER NOT NULL DEFAULT 0,
    "policy_cells" TEXT,

    CONSTRAINT "school_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "person" (
    "id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "family_name" TEXT NOT NULL,
    "given_name" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "username" TEXT NOT NULL DEFAULT '',
    "subject" TEXT NOT NULL,
    "localpart" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "address_protected" BOOLEAN NOT NULL DEFAULT false,
    "left_at" TIMESTAMPTZ(3),
    "account_state" "account_state" NOT NULL DEFAULT 'absent',
    "account_display_name" TEXT,
    "account_synced_at" TIMESTAMPTZ(3),
    "account_problem" TEXT,

    CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "affiliation" (
    "person_id" TEXT NOT NULL,
    "school_id" TEXT NOT NULL,
    "role" "role" NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "affiliation_pkey" PRIMARY KEY ("person_id","school_id","role")
);

-- CreateTable
CREATE TABLE "school_group" (
    "id" TEXT NOT NULL,
    "school_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "left_at" TIMESTAMPTZ(3),

    CONSTRAINT "school_group_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "group_member" (
    "group_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "enrollment_id" TEXT NOT NULL,

    CONSTRAINT "group_member_pkey" PRIMARY KEY ("group_id","person_id","role")
);

-- CreateTable
CREATE TABLE "sync_run" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "source" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "outcome" "sync_outcome" NOT NULL DEFAULT 'running',
    "counts" JSONB NOT NULL DEFAULT '{}',
    "failure" TEXT,
    "correlation_id" TEXT NOT NULL,

    CONSTRAINT "sync_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sync_problem" (
    "id" BIGSERIAL NOT NULL,
    "run_id" UUID NOT NULL,
    "record_type" TEXT NOT NULL,
    "record_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,

    CONSTRAINT "sync_problem_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "policy_frame" (
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "author_id" TEXT,
    "approved_by_id" TEXT,
    "reason" TEXT NOT NULL,
    "approval_for_every_change" BOOLEAN NOT NULL DEFAULT false,
    "approver_role_age_days" INTEGER NOT NULL DEFAULT 7,
    "request_expiry_days" INTEGER NOT NULL DEFAULT 14,
    "grace_period_days" INTEGER NOT NULL DEFAULT 30,

    CONSTRAINT "policy_frame_pkey" PRIMARY KEY ("version")
);

-- CreateTable
CREATE TABLE "policy_frame_cell" (
    "frame_version" INTEGER NOT NULL,
    "from_role" "role" NOT NULL,
    "to_target" TEXT NOT NULL,
    "allowed" BOOLEAN NOT NULL,
    "locked" BOOLEAN NOT NULL DEFAULT false,
    "reason" TEXT,
    "sensitive" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "policy_frame_cell_pkey" PRIMARY KEY ("frame_version","from_role","to_target")
);

-- CreateTable
CREATE TABLE "policy_cell" (
    "school_id" TEXT NOT NULL,
    "from_role" "role" NOT NULL,
    "to_target" TEXT NOT NULL,
    "allowed" BOOLEAN NOT NULL,

    CONSTRAINT "policy_cell_pkey" PRIMARY KEY ("school_id","from_role","to_target")
);

-- CreateTable
CREATE TABLE "policy_version" (
    "school_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "kind" "version_kind" NOT NULL,
    "cells" TEXT NOT NULL,
    "frame_version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "author_id" TEXT,
    "approved_by_id" TEXT,
    "request_id" UUID,
    "reason" TEXT NOT NULL,

    CONSTRAINT "policy_version_pkey" PRIMARY KEY ("school_id","number")
);

-- CreateTable
CREATE TABLE "change_request" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "school_id" TEXT NOT NULL,
    "status" "change_request_status" NOT NULL DEFAULT 'pending',
    "author_id" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by_id" TEXT,
    "decision_reason" TEXT,

    CONSTRAINT "change_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "change_request_part" (
    "id" BIGSERIAL NOT NULL,
    "request_id" UUID NOT NULL,
    "author_id" TEXT NOT NULL,
    "author_role" "role" NOT NULL,
    "cells" TEXT[],
    "reason" TEXT NOT NULL,
    "base_version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "change_request_part_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "room_record" (
    "room_id" TEXT NOT NULL,
    "school_id" TEXT NOT NULL,
    "creator" TEXT NOT NULL,
    "creator_was_staff" BOOLEAN NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "room_record_pkey" PRIMARY KEY ("room_id")
);

-- CreateTable
CREATE TABLE "managed_room" (
    "alias" TEXT NOT NULL,
    "school_id" TEXT NOT NULL,
    "group_id" TEXT,
    "kind" "room_kind" NOT NULL,
    "room_id" TEXT,
    "name" TEXT,
    "synced_at" TIMESTAMPTZ(3),
    "problem" TEXT,

    CONSTRAINT "managed_room_pkey" PRIMARY KEY ("alias")
);

-- CreateTable
CREATE TABLE "managed_room_member" (
    "alias" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "level" INTEGER NOT NULL,

    CONSTRAINT "managed_room_member_pkey" PRIMARY KEY ("alias","person_id")
);

-- CreateTable
CREATE TABLE "gate_refusal_count" (
    "day" DATE NOT NULL,
    "question" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "gate_refusal_count_pkey" PRIMARY KEY ("day","question")
);

-- CreateTable
CREATE TABLE "console_role_grant" (
    "person_id" TEXT NOT NULL,
    "role" "console_role" NOT NULL,
    "granted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "console_role_grant_pkey" PRIMARY KEY ("person_id","role")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "authenticated_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "id_token" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "service_state" (
    "name" TEXT NOT NULL,
    "reachable" BOOLEAN NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,
    "detail" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "service_state_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "audit_chain" (
    "scope" TEXT NOT NULL,
    "last_seq" INTEGER NOT NULL DEFAULT 0,
    "head" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "audit_chain_pkey" PRIMARY KEY ("scope")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "scope" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_id" TEXT,
    "actor_role" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "commitment" TEXT NOT NULL,
    "previous_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("scope","seq")
);

-- CreateTable
CREATE TABLE "audit_payload" (
    "scope" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "salt" TEXT NOT NULL,
    "payload" TEXT NOT NULL,

    CONSTRAINT "audit_payload_pkey" PRIMARY KEY ("scope","seq")
);

-- CreateIndex
CREATE UNIQUE INDEX "person_subject_key" ON "person"("subject");

-- CreateIndex
CREATE UNIQUE INDEX "person_localpart_key" ON "person"("localpart");

-- CreateIndex
CREATE INDEX "affiliation_school_id_role_person_id_idx" ON "affiliation"("school_id", "role", "person_id");

-- CreateIndex
CREATE INDEX "school_group_school_id_idx" ON "school_group"("school_id");

-- CreateIndex
CREATE INDEX "group_member_person_id_idx" ON "group_member"("person_id");

-- CreateIndex
CREATE INDEX "sync_run_started_at_idx" ON "sync_run"("started_at" DESC);

-- CreateIndex
CREATE INDEX "sync_problem_run_id_idx" ON "sync_problem"("run_id");

-- CreateIndex
CREATE INDEX "change_request_school_id_created_at_idx" ON "change_request"("school_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "change_request_part_request_id_idx" ON "change_request_part"("request_id");

-- CreateIndex
CREATE INDEX "room_record_school_id_idx" ON "room_record"("school_id");

-- CreateIndex
CREATE UNIQUE INDEX "managed_room_room_id_key" ON "managed_room"("room_id");

-- CreateIndex
CREATE INDEX "managed_room_group_id_idx" ON "managed_room"("group_id");

-- CreateIndex
CREATE INDEX "managed_room_school_id_idx" ON "managed_room"("school_id");

-- CreateIndex
CREATE INDEX "managed_room_member_person_id_idx" ON "managed_room_member"("person_id");

-- CreateIndex
CREATE INDEX "session_person_id_idx" ON "session"("person_id");

-- CreateIndex
CREATE INDEX "audit_entry_correlation_id_idx" ON "audit_entry"("correlation_id");

-- AddForeignKey
ALTER TABLE "affiliation" ADD CONSTRAINT "affiliation_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "affiliation" ADD CONSTRAINT "affiliation_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "school_group" ADD CONSTRAINT "school_group_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_member" ADD CONSTRAINT "group_member_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "school_group"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_member" ADD CONSTRAINT "group_member_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sync_problem" ADD CONSTRAINT "sync_problem_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "sync_run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy_frame_cell" ADD CONSTRAINT "policy_frame_cell_frame_version_fkey" FOREIGN KEY ("frame_version") REFERENCES "policy_frame"("version") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy_cell" ADD CONSTRAINT "policy_cell_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy_version" ADD CONSTRAINT "policy_version_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy_version" ADD CONSTRAINT "policy_version_frame_version_fkey" FOREIGN KEY ("frame_version") REFERENCES "policy_frame"("version") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy_version" ADD CONSTRAINT "policy_version_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy_version" ADD CONSTRAINT "policy_version_approved_by_id_fkey" FOREIGN KEY ("approved_by_id") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "policy_version" ADD CONSTRAINT "policy_version_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "change_request"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "change_request" ADD CONSTRAINT "change_request_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "change_request" ADD CONSTRAINT "change_request_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "change_request" ADD CONSTRAINT "change_request_decided_by_id_fkey" FOREIGN KEY ("decided_by_id") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "change_request_part" ADD CONSTRAINT "change_request_part_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "change_request"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "change_request_part" ADD CONSTRAINT "change_request_part_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "room_record" ADD CONSTRAINT "room_record_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "managed_room" ADD CONSTRAINT "managed_room_school_id_fkey" FOREIGN KEY ("school_id") REFERENCES "school"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "managed_room" ADD CONSTRAINT "managed_room_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "school_group"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "managed_room_member" ADD CONSTRAINT "managed_room_member_alias_fkey" FOREIGN KEY ("alias") REFERENCES "managed_room"("alias") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "managed_room_member" ADD CONSTRAINT "managed_room_member_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "console_role_grant" ADD CONSTRAINT "console_role_grant_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_payload" ADD CONSTRAINT "audit_payload_scope_seq_fkey" FOREIGN KEY ("scope", "seq") REFERENCES "audit_entry"("scope", "seq") ON DELETE RESTRICT ON UPDATE CASCADE;
