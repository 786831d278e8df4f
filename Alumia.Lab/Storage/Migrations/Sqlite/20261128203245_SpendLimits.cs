using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Alumia.Lab.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SpendLimits : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "daily_limit",
                table: "agent",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "session_limit",
                table: "agent",
                type: "INTEGER",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "daily_limit",
                table: "agent");

            migrationBuilder.DropColumn(
                name: "session_limit",
                table: "agent");
        }
    }
}
