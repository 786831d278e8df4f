using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Alumia.Lab.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Peers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<List<string>>(
                name: "allowed_peers",
                table: "agent",
                type: "text[]",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "peer_message",
                columns: table => new
                {
                    id = table.Column<string>(type: "text", nullable: false),
                    org_id = table.Column<string>(type: "text", nullable: false),
                    project_id = table.Column<string>(type: "text", nullable: false),
                    from_session_id = table.Column<string>(type: "text", nullable: false),
                    from_agent_id = table.Column<string>(type: "text", nullable: false),
                    to_session_id = table.Column<string>(type: "text", nullable: false),
                    number = table.Column<long>(type: "bigint", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    text = table.Column<string>(type: "text", nullable: false),
                    user_id = table.Column<string>(type: "text", nullable: true),
                    is_by_person = table.Column<bool>(type: "boolean", nullable: false),
                    sent_at_ms = table.Column<long>(type: "bigint", nullable: false),
                    delivered_at_ms = table.Column<long>(type: "bigint", nullable: true),
                    read_by_turn_id = table.Column<string>(type: "text", nullable: true),
                    answered_at_ms = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_peer_message", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "spawn",
                columns: table => new
                {
                    made_id = table.Column<string>(type: "text", nullable: false),
                    org_id = table.Column<string>(type: "text", nullable: false),
                    by_session_id = table.Column<string>(type: "text", nullable: false),
                    root_session_id = table.Column<string>(type: "text", nullable: false),
                    depth = table.Column<int>(type: "integer", nullable: false),
                    is_agent = table.Column<bool>(type: "boolean", nullable: false),
                    at_ms = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_spawn", x => x.made_id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_peer_message_from_session_id_sent_at_ms",
                table: "peer_message",
                columns: new[] { "from_session_id", "sent_at_ms" });

            migrationBuilder.CreateIndex(
                name: "ix_peer_message_from_session_id_to_session_id_number",
                table: "peer_message",
                columns: new[] { "from_session_id", "to_session_id", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_peer_message_project_id_sent_at_ms",
                table: "peer_message",
                columns: new[] { "project_id", "sent_at_ms" });

            migrationBuilder.CreateIndex(
                name: "ix_peer_message_to_session_id",
                table: "peer_message",
                column: "to_session_id",
                filter: "delivered_at_ms IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_peer_message_to_session_id_read_by_turn_id",
                table: "peer_message",
                columns: new[] { "to_session_id", "read_by_turn_id" });

            migrationBuilder.CreateIndex(
                name: "ix_spawn_root_session_id",
                table: "spawn",
                column: "root_session_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "peer_message");

            migrationBuilder.DropTable(
                name: "spawn");

            migrationBuilder.DropColumn(
                name: "allowed_peers",
                table: "agent");
        }
    }
}
