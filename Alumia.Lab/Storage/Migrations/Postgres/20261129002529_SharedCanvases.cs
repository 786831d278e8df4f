using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Alumia.Lab.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class SharedCanvases : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "only_for",
                table: "trouble",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "connection",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false),
                    org_id = table.Column<string>(type: "text", nullable: false),
                    connector = table.Column<string>(type: "text", nullable: false),
                    owner_id = table.Column<string>(type: "text", nullable: false),
                    is_shared = table.Column<bool>(type: "boolean", nullable: false),
                    account = table.Column<string>(type: "text", nullable: false),
                    scopes = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    failure = table.Column<string>(type: "text", nullable: false),
                    status_at_ms = table.Column<long>(type: "bigint", nullable: false),
                    worked_at_ms = table.Column<long>(type: "bigint", nullable: true),
                    last_error = table.Column<string>(type: "text", nullable: false),
                    last_error_at_ms = table.Column<long>(type: "bigint", nullable: true),
                    secret = table.Column<string>(type: "text", nullable: false),
                    expires_at_ms = table.Column<long>(type: "bigint", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false),
                    created_at_ms = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_connection", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "share_link",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false),
                    org_id = table.Column<string>(type: "text", nullable: false),
                    project_id = table.Column<string>(type: "text", nullable: false),
                    hash = table.Column<string>(type: "text", nullable: false),
                    secret = table.Column<string>(type: "text", nullable: true),
                    parts = table.Column<int>(type: "integer", nullable: false),
                    made_by = table.Column<string>(type: "text", nullable: false),
                    made_at_ms = table.Column<long>(type: "bigint", nullable: false),
                    opened = table.Column<long>(type: "bigint", nullable: false),
                    last_opened_at_ms = table.Column<long>(type: "bigint", nullable: true),
                    off_at_ms = table.Column<long>(type: "bigint", nullable: true),
                    off_why = table.Column<string>(type: "text", nullable: true),
                    asked = table.Column<long>(type: "bigint", nullable: false),
                    last_asked_at_ms = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_share_link", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_connection_org_id_connector",
                table: "connection",
                columns: new[] { "org_id", "connector" });

            migrationBuilder.CreateIndex(
                name: "ix_share_link_hash",
                table: "share_link",
                column: "hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_share_link_off_at_ms",
                table: "share_link",
                column: "off_at_ms");

            migrationBuilder.CreateIndex(
                name: "ix_share_link_org_id_off_at_ms",
                table: "share_link",
                columns: new[] { "org_id", "off_at_ms" });

            migrationBuilder.CreateIndex(
                name: "ix_share_link_project_id",
                table: "share_link",
                column: "project_id",
                unique: true,
                filter: "off_at_ms IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "connection");

            migrationBuilder.DropTable(
                name: "share_link");

            migrationBuilder.DropColumn(
                name: "only_for",
                table: "trouble");
        }
    }
}
