using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Alumia.Lab.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Connections : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "connect_attempt",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false),
                    org_id = table.Column<string>(type: "text", nullable: false),
                    user_id = table.Column<string>(type: "text", nullable: false),
                    connector = table.Column<string>(type: "text", nullable: false),
                    connection_id = table.Column<string>(type: "text", nullable: false),
                    scopes = table.Column<string>(type: "text", nullable: false),
                    made_at_ms = table.Column<long>(type: "bigint", nullable: false),
                    used_at_ms = table.Column<long>(type: "bigint", nullable: true),
                    outcome = table.Column<string>(type: "text", nullable: false),
                    is_good = table.Column<bool>(type: "boolean", nullable: false),
                    other_account = table.Column<string>(type: "text", nullable: true),
                    other_secret = table.Column<string>(type: "text", nullable: false),
                    other_scopes = table.Column<string>(type: "text", nullable: false),
                    other_expires_at_ms = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_connect_attempt", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_connect_attempt_connection_id",
                table: "connect_attempt",
                column: "connection_id");

            migrationBuilder.CreateIndex(
                name: "ix_connect_attempt_made_at_ms",
                table: "connect_attempt",
                column: "made_at_ms");

            migrationBuilder.CreateIndex(
                name: "ix_connect_attempt_org_id_user_id",
                table: "connect_attempt",
                columns: new[] { "org_id", "user_id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "connect_attempt");
        }
    }
}
