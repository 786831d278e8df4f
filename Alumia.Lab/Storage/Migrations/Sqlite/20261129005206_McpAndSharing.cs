using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Alumia.Lab.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class McpAndSharing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "only_for",
                table: "trouble",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "mcp_server",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    org_id = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    slug = table.Column<string>(type: "TEXT", nullable: false),
                    address = table.Column<string>(type: "TEXT", nullable: true),
                    secret = table.Column<string>(type: "TEXT", nullable: true),
                    added_by = table.Column<string>(type: "TEXT", nullable: true),
                    created_at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                    status = table.Column<string>(type: "TEXT", nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: false),
                    status_at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                    worked_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                    left_out = table.Column<int>(type: "INTEGER", nullable: false),
                    removed_at_ms = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mcp_server", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "share_link",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    org_id = table.Column<string>(type: "TEXT", nullable: false),
                    project_id = table.Column<string>(type: "TEXT", nullable: false),
                    hash = table.Column<string>(type: "TEXT", nullable: false),
                    secret = table.Column<string>(type: "TEXT", nullable: true),
                    parts = table.Column<int>(type: "INTEGER", nullable: false),
                    made_by = table.Column<string>(type: "TEXT", nullable: false),
                    made_at_ms = table.Column<long>(type: "INTEGER", nullable: false),
                    opened = table.Column<long>(type: "INTEGER", nullable: false),
                    last_opened_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                    off_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                    off_why = table.Column<string>(type: "TEXT", nullable: true),
                    asked = table.Column<long>(type: "INTEGER", nullable: false),
                    last_asked_at_ms = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_share_link", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "mcp_server_tool",
                columns: table => new
                {
                    server_id = table.Column<string>(type: "TEXT", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    org_id = table.Column<string>(type: "TEXT", nullable: false),
                    title = table.Column<string>(type: "TEXT", nullable: false),
                    description = table.Column<string>(type: "TEXT", nullable: false),
                    schema = table.Column<string>(type: "TEXT", nullable: false),
                    reads_only = table.Column<bool>(type: "INTEGER", nullable: false),
                    is_task = table.Column<bool>(type: "INTEGER", nullable: false),
                    fault = table.Column<string>(type: "TEXT", nullable: false),
                    hash = table.Column<string>(type: "TEXT", nullable: false),
                    gone_at_ms = table.Column<long>(type: "INTEGER", nullable: true),
                    confirmed_hash = table.Column<string>(type: "TEXT", nullable: false),
                    confirmed_description = table.Column<string>(type: "TEXT", nullable: false),
                    confirmed_schema = table.Column<string>(type: "TEXT", nullable: false),
                    confirmed_reads_only = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mcp_server_tool", x => new { x.server_id, x.name });
                    table.ForeignKey(
                        name: "fk_mcp_server_tool_mcp_server_server_id",
                        column: x => x.server_id,
                        principalTable: "mcp_server",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_mcp_server_org_id_slug",
                table: "mcp_server",
                columns: new[] { "org_id", "slug" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_mcp_server_tool_org_id",
                table: "mcp_server_tool",
                column: "org_id");

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
                name: "mcp_server_tool");

            migrationBuilder.DropTable(
                name: "share_link");

            migrationBuilder.DropTable(
                name: "mcp_server");

            migrationBuilder.DropColumn(
                name: "only_for",
                table: "trouble");
        }
    }
}
