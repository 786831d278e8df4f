using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Alumia.Lab.Storage;

/// <summary>What a context may do with its changes.</summary>
public enum SaveRule
{
    /// <summary>A reader's context: writes go through <see cref="Writer"/>.</summary>
    Never,
    /// <summary>The writer's own context.</summary>
    Directly,
    /// <summary>A library's store (Identity, Data Protection): the writer steps aside while it saves.</summary>
    Exclusively,
}

/// <summary>All rooms' tables. It names none: each room brings its own <see cref="IEntityTypeConfiguration{TEntity}"/>.</summary>
public abstract class LabDbContext(DbContextOptions options) : DbContext(options), IDataProtectionKeyContext
{
    internal SaveRule Saves { get; set; }

    internal Writer? Writer { get; set; }

    /// <summary>Where a lent context goes when it is disposed; null for one that ends then.</summary>
    internal Action<LabDbContext>? GoesBackTo { get; set; }

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        if (Saves == SaveRule.Never)
            throw new InvalidOperationException("This context is for reading; write through the Writer.");
        if (Saves == SaveRule.Directly || Writer is null)
            return base.SaveChanges(acceptAllChangesOnSuccess);
        var saved = 0;
        Writer.Exclusive(() =>
        {
            saved = base.SaveChanges(acceptAllChangesOnSuccess);
            return Task.CompletedTask;
        }).GetAwaiter().GetResult();
        return saved;
    }

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        if (Saves == SaveRule.Never)
            throw new InvalidOperationException("This context is for reading; write through the Writer.");
        if (Saves == SaveRule.Directly || Writer is null)
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        var saved = 0;
        await Writer.Exclusive(async () => saved = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken), cancellationToken);
        return saved;
    }

#pragma warning disable CA1816 // It has no finalizer, and a lent one lives on.
    public override void Dispose()
    {
        if (!GoesBack())
            base.Dispose();
    }

    public override ValueTask DisposeAsync() => GoesBack() ? ValueTask.CompletedTask : base.DisposeAsync();
#pragma warning restore CA1816

    // Given back once, however often it is disposed.
    private bool GoesBack()
    {
        var back = GoesBackTo;
        GoesBackTo = null;
        back?.Invoke(this);
        return back is not null;
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(LabDbContext).Assembly);
}

/// <summary>The SQLite face of <see cref="LabDbContext"/>, with migrations of its own.</summary>
public sealed class SqliteLabDbContext(DbContextOptions<SqliteLabDbContext> options) : LabDbContext(options);

/// <summary>The PostgreSQL face of <see cref="LabDbContext"/>, with migrations of its own.</summary>
public sealed class PostgresLabDbContext(DbContextOptions<PostgresLabDbContext> options) : LabDbContext(options);
