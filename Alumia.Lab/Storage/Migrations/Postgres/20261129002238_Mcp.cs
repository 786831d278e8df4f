using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Alumia.Lab.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Mcp : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
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
                name: "mcp_server",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false),
                    org_id = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    slug = table.Column<string>(type: "text", nullable: false),
                    address = table.Column<string>(type: "text", nullable: true),
                    secret = table.Column<string>(type: "text", nullable: true),
                    added_by = table.Column<string>(type: "text", nullable: true),
                    created_at_ms = table.Column<long>(type: "bigint", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    status_at_ms = table.Column<long>(type: "bigint", nullable: false),
                    worked_at_ms = table.Column<long>(type: "bigint", nullable: true),
                    left_out = table.Column<int>(type: "integer", nullable: false),
                    removed_at_ms = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mcp_server", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "mcp_server_tool",
                columns: table => new
                {
                    server_id = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    org_id = table.Column<string>(type: "text", nullable: false),
                    title = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: false),
                    schema = table.Column<string>(type: "text", nullable: false),
                    reads_only = table.Column<bool>(type: "boolean", nullable: false),
                    is_task = table.Column<bool>(type: "boolean", nullable: false),
                    fault = table.Column<string>(type: "text", nullable: false),
                    hash = table.Column<string>(type: "text", nullable: false),
                    gone_at_ms = table.Column<long>(type: "bigint", nullable: true),
                    confirmed_hash = table.Column<string>(type: "text", nullable: false),
                    confirmed_description = table.Column<string>(type: "text", nullable: false),
                    confirmed_schema = table.Column<string>(type: "text", nullable: false),
                    confirmed_reads_only = table.Column<bool>(type: "boolean", nullable: false)
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
                name: "ix_connection_org_id_connector",
                table: "connection",
                columns: new[] { "org_id", "connector" });

            migrationBuilder.CreateIndex(
                name: "ix_mcp_server_org_id_slug",
                table: "mcp_server",
                columns: new[] { "org_id", "slug" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_mcp_server_tool_org_id",
                table: "mcp_server_tool",
                column: "org_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "connection");

            migrationBuilder.DropTable(
                name: "mcp_server_tool");

            migrationBuilder.DropTable(
                name: "mcp_server");
        }
    }
}
