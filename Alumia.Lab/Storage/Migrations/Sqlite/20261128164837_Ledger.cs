using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Alumia.Lab.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Ledger : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "metered_step",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    org_id = table.Column<string>(type: "TEXT", nullable: false),
                    project_id = table.Column<string>(type: "TEXT", nullable: true),
                    session_id = table.Column<string>(type: "TEXT", nullable: true),
                    agent_id = table.Column<string>(type: "TEXT", nullable: true),
                    turn_id = table.Column<string>(type: "TEXT", nullable: true),
                    model_id = table.Column<string>(type: "TEXT", nullable: false),
                    provider = table.Column<string>(type: "TEXT", nullable: false),
                    source = table.Column<string>(type: "TEXT", nullable: false),
                    input_price = table.Column<long>(type: "INTEGER", nullable: false),
                    cached_input_price = table.Column<long>(type: "INTEGER", nullable: false),
                    output_price = table.Column<long>(type: "INTEGER", nullable: false),
                    fee_rate = table.Column<int>(type: "INTEGER", nullable: false),
                    held = table.Column<long>(type: "INTEGER", nullable: false),
                    growths = table.Column<int>(type: "INTEGER", nullable: false),
                    started_at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                    ended_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                    input_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    cached_input_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    output_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    reasoning_tokens = table.Column<long>(type: "INTEGER", nullable: false),
                    cost = table.Column<long>(type: "INTEGER", nullable: false),
                    fee = table.Column<long>(type: "INTEGER", nullable: false),
                    paid = table.Column<long>(type: "INTEGER", nullable: false),
                    is_estimated = table.Column<bool>(type: "INTEGER", nullable: false),
                    stop = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_metered_step", x => x.id);
                    table.CheckConstraint("ck_metered_step_paid", "held >= 0 AND cost >= 0 AND fee >= 0 AND paid >= 0 AND paid <= cost + fee");
                });

            migrationBuilder.CreateTable(
                name: "org_accounts",
                columns: table => new
                {
                    org_id = table.Column<string>(type: "TEXT", nullable: false),
                    wallet = table.Column<long>(type: "INTEGER", nullable: false),
                    held = table.Column<long>(type: "INTEGER", nullable: false),
                    owed = table.Column<long>(type: "INTEGER", nullable: false),
                    deposited = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_org_accounts", x => x.org_id);
                    table.CheckConstraint("ck_org_accounts_held", "held >= 0");
                    table.CheckConstraint("ck_org_accounts_owed", "owed >= 0 AND (owed = 0 OR wallet = 0)");
                    table.CheckConstraint("ck_org_accounts_wallet", "wallet >= 0");
                });

            migrationBuilder.CreateTable(
                name: "transfer",
                columns: table => new
                {
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    org_id = table.Column<string>(type: "TEXT", nullable: false),
                    from_account = table.Column<string>(type: "TEXT", nullable: false),
                    to_account = table.Column<string>(type: "TEXT", nullable: false),
                    amount = table.Column<long>(type: "INTEGER", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                    step_id = table.Column<string>(type: "TEXT", nullable: true),
                    id = table.Column<string>(type: "TEXT", nullable: true),
                    about = table.Column<string>(type: "TEXT", nullable: true),
                    reverses = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_transfer", x => x.key);
                    table.CheckConstraint("ck_transfer_amount", "amount > 0 AND from_account <> to_account");
                });

            migrationBuilder.CreateIndex(
                name: "ix_metered_step_agent_id_ended_at_ms_paid",
                table: "metered_step",
                columns: new[] { "agent_id", "ended_at_ms", "paid" },
                filter: "ended_at_ms IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_metered_step_org_id_ended_at_ms",
                table: "metered_step",
                columns: new[] { "org_id", "ended_at_ms" },
                filter: "ended_at_ms IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_metered_step_session_id",
                table: "metered_step",
                column: "session_id",
                unique: true,
                filter: "ended_at_ms IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_metered_step_session_id_ended_at_ms",
                table: "metered_step",
                columns: new[] { "session_id", "ended_at_ms" },
                filter: "ended_at_ms IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_transfer_org_id_at_ms",
                table: "transfer",
                columns: new[] { "org_id", "at_ms" },
                filter: "step_id IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_transfer_reverses",
                table: "transfer",
                column: "reverses",
                unique: true,
                filter: "reverses IS NOT NULL");

            // Written once and never changed, whoever asks.
            migrationBuilder.Sql("CREATE TRIGGER transfer_is_never_updated BEFORE UPDATE ON transfer BEGIN SELECT RAISE(ABORT, 'a transfer is never changed: reverse it by a new one'); END");
            migrationBuilder.Sql("CREATE TRIGGER transfer_is_never_deleted BEFORE DELETE ON transfer BEGIN SELECT RAISE(ABORT, 'a transfer is never deleted: reverse it by a new one'); END");

            // Orgs that are there get what new ones are born with.
            migrationBuilder.Sql("INSERT INTO org_accounts (org_id, wallet, held, owed, deposited) SELECT id, 0, 0, 0, 0 FROM org");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "metered_step");

            migrationBuilder.DropTable(
                name: "org_accounts");

            migrationBuilder.DropTable(
                name: "transfer");
        }
    }
}
