using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Alumia.Lab.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Billing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "deposit",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    org_id = table.Column<string>(type: "TEXT", nullable: false),
                    user_id = table.Column<string>(type: "TEXT", nullable: true),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    source = table.Column<string>(type: "TEXT", nullable: false),
                    amount_cents = table.Column<long>(type: "INTEGER", nullable: false),
                    status = table.Column<string>(type: "TEXT", nullable: false),
                    session_id = table.Column<string>(type: "TEXT", nullable: true),
                    payment_intent_id = table.Column<string>(type: "TEXT", nullable: true),
                    saves_method = table.Column<bool>(type: "INTEGER", nullable: false),
                    return_to = table.Column<string>(type: "TEXT", nullable: true),
                    created_at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                    returned_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                    paid_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                    credited_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                    next_check_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                    checked_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                    refunded_cents = table.Column<long>(type: "INTEGER", nullable: false),
                    problem = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_deposit", x => x.id);
                    table.CheckConstraint("ck_deposit_amount", "amount_cents > 0 AND refunded_cents >= 0");
                });

            migrationBuilder.CreateTable(
                name: "offline_stripe_delivery",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    event_id = table.Column<string>(type: "TEXT", nullable: false),
                    type = table.Column<string>(type: "TEXT", nullable: false),
                    body = table.Column<string>(type: "TEXT", nullable: false),
                    created_at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                    due_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                    is_held = table.Column<bool>(type: "INTEGER", nullable: false),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    how = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_offline_stripe_delivery", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "offline_stripe_object",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    under = table.Column<string>(type: "TEXT", nullable: true),
                    json = table.Column<string>(type: "TEXT", nullable: false),
                    created_at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                    due_at_ms = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_offline_stripe_object", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "stripe_customer",
                columns: table => new
                {
                    org_id = table.Column<string>(type: "TEXT", nullable: false),
                    source = table.Column<string>(type: "TEXT", nullable: false),
                    customer_id = table.Column<string>(type: "TEXT", nullable: false),
                    method_id = table.Column<string>(type: "TEXT", nullable: true),
                    method_label = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_stripe_customer", x => new { x.org_id, x.source });
                });

            migrationBuilder.CreateTable(
                name: "stripe_event",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    org_id = table.Column<string>(type: "TEXT", nullable: false),
                    deposit_id = table.Column<string>(type: "TEXT", nullable: false),
                    type = table.Column<string>(type: "TEXT", nullable: false),
                    body = table.Column<string>(type: "TEXT", nullable: false),
                    received_at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    done_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                    next_try_at_ms = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_stripe_event", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "top_up_settings",
                columns: table => new
                {
                    org_id = table.Column<string>(type: "TEXT", nullable: false),
                    is_enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    threshold_cents = table.Column<long>(type: "INTEGER", nullable: false),
                    amount_cents = table.Column<long>(type: "INTEGER", nullable: false),
                    monthly_cap_cents = table.Column<long>(type: "INTEGER", nullable: false),
                    failures = table.Column<int>(type: "INTEGER", nullable: false),
                    paused_until_ms = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_top_up_settings", x => x.org_id);
                });

            migrationBuilder.CreateTable(
                name: "deposit_dispute",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    org_id = table.Column<string>(type: "TEXT", nullable: false),
                    deposit_id = table.Column<string>(type: "TEXT", nullable: false),
                    amount_cents = table.Column<long>(type: "INTEGER", nullable: false),
                    is_withdrawn = table.Column<bool>(type: "INTEGER", nullable: false),
                    is_reinstated = table.Column<bool>(type: "INTEGER", nullable: false),
                    outcome = table.Column<string>(type: "TEXT", nullable: true),
                    is_taken = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_deposit_dispute", x => x.id);
                    table.ForeignKey(
                        name: "fk_deposit_dispute_deposit_deposit_id",
                        column: x => x.deposit_id,
                        principalTable: "deposit",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "deposit_event",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    org_id = table.Column<string>(type: "TEXT", nullable: false),
                    deposit_id = table.Column<string>(type: "TEXT", nullable: false),
                    at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    text = table.Column<string>(type: "TEXT", nullable: false),
                    stripe_event_id = table.Column<string>(type: "TEXT", nullable: true),
                    answer = table.Column<int>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_deposit_event", x => x.id);
                    table.ForeignKey(
                        name: "fk_deposit_event_deposit_deposit_id",
                        column: x => x.deposit_id,
                        principalTable: "deposit",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_deposit_next_check_at_ms",
                table: "deposit",
                column: "next_check_at_ms",
                filter: "next_check_at_ms IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_deposit_org_id",
                table: "deposit",
                column: "org_id",
                unique: true,
                filter: "kind = 'TopUp' AND status IN ('Pending', 'Processing')");

            migrationBuilder.CreateIndex(
                name: "ix_deposit_org_id_id",
                table: "deposit",
                columns: new[] { "org_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_deposit_payment_intent_id",
                table: "deposit",
                column: "payment_intent_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_deposit_session_id",
                table: "deposit",
                column: "session_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_deposit_dispute_deposit_id",
                table: "deposit_dispute",
                column: "deposit_id");

            migrationBuilder.CreateIndex(
                name: "ix_deposit_event_deposit_id_id",
                table: "deposit_event",
                columns: new[] { "deposit_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_offline_stripe_delivery_due_at_ms",
                table: "offline_stripe_delivery",
                column: "due_at_ms",
                filter: "due_at_ms IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_offline_stripe_object_due_at_ms",
                table: "offline_stripe_object",
                column: "due_at_ms",
                filter: "due_at_ms IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_offline_stripe_object_kind_under",
                table: "offline_stripe_object",
                columns: new[] { "kind", "under" });

            migrationBuilder.CreateIndex(
                name: "ix_stripe_event_deposit_id",
                table: "stripe_event",
                column: "deposit_id");

            migrationBuilder.CreateIndex(
                name: "ix_stripe_event_next_try_at_ms",
                table: "stripe_event",
                column: "next_try_at_ms",
                filter: "next_try_at_ms IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "deposit_dispute");

            migrationBuilder.DropTable(
                name: "deposit_event");

            migrationBuilder.DropTable(
                name: "offline_stripe_delivery");

            migrationBuilder.DropTable(
                name: "offline_stripe_object");

            migrationBuilder.DropTable(
                name: "stripe_customer");

            migrationBuilder.DropTable(
                name: "stripe_event");

            migrationBuilder.DropTable(
                name: "top_up_settings");

            migrationBuilder.DropTable(
                name: "deposit");
        }
    }
}
